"""Pure translators between AWS JSON and domain types. Outside conventions end here."""
