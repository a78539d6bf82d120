"""Rules on priority: who sets it, who may change it, and who hears of an appeal."""
