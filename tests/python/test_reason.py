import startgate


def test_reasons_are_rows_of_a_code_a_sentence_and_a_fix() -> None:
    rows = startgate.reasons()
    assert {"code": "allowed_authenticated", "sentence": "the application proved itself", "fix": "none"} in rows
    assert all(set(row) == {"code", "sentence", "fix"} and row["sentence"] for row in rows)
    assert len({row["code"] for row in rows}) == len(rows)
