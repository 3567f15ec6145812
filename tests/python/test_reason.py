import startgate


def test_reasons_are_rows_of_a_code_a_sentence_and_a_usual_fix() -> None:
    rows = startgate.reasons()
    fixes = {row["code"] for row in startgate.fixes()}
    assert {"code": "allowed_authenticated", "sentence": "the application proved itself", "fix": "none"} in rows
    assert all(set(row) == {"code", "sentence", "fix"} and row["sentence"] and row["fix"] in fixes for row in rows)
    assert len({row["code"] for row in rows}) == len(rows)


def test_a_missing_proof_has_a_fix_and_a_proof_has_none() -> None:
    fix = {row["code"]: row["fix"] for row in startgate.reasons()}
    assert fix["authentication_missing"] == "send_client_secret"
    assert fix["state_expired"] == "open_new_login"
    assert fix["allowed_authenticated"] == "none"
