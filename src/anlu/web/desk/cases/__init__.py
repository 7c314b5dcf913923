"""Pages of cases: generic over families and kinds; they name no feature."""
