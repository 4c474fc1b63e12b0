//! Domain logic over records: duplicates now, pipeline and forecast later.
