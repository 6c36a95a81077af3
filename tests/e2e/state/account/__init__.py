"""Random schedules of events for all functions, on one emulated account.

Time is simulated, and one call is made at a time: each call and each pause is a step,
and a seed decides who takes the next one.
"""
