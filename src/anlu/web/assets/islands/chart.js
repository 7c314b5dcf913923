export default function mount() { return () => {} }
