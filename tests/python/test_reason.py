import startgate


def test_reasons_are_rows_of_a_code_and_a_sentence() -> None:
    rows = startgate.reasons()
    assert {"code": "allowed_authenticated", "sentence": "the application proved itself"} in rows
    assert all(set(row) == {"code", "sentence"} and row["sentence"] for row in rows)
    assert len({row["code"] for row in rows}) == len(rows)
