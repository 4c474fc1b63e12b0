//! vCard and CSV, in and out.
