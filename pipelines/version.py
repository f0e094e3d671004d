"""The version, in a file that loads nothing: the front door and the provenance both name it."""

VERSION = "0.1.0"
