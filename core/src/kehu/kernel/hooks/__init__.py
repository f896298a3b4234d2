"""Hooks: what plugins can implement, and how they are called."""
