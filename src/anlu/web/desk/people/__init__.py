"""系统 › 人员单位: people, units and areas; accounts, and who holds which role."""
