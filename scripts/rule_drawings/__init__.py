"""One drawing a rule; scripts/rule_plan.py is what they are drawn with."""
