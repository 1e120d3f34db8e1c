"""What happens to calls when the appliance's processes are killed. Every test ends with the ledger."""
