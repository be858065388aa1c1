//! Tests of the queue on disk.
