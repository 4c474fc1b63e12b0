//! Part A.
