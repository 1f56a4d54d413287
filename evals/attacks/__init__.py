"""Tries to get past the gate with a model that does its worst, and lets the honest through."""
