"""Renderers over one plan. None of them judges, and none says what another leaves out: the words are shared (plan_words.py)."""
