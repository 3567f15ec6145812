"""The parts of a made tenant: kinds of application, their export, their traffic, its log records, and the truth about them."""
