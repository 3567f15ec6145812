"""Does a login page template still forward the `state` of the login transaction? Its script is followed, never run."""
