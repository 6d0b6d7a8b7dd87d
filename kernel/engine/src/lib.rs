//! Containers on WAMR: load, start, meter, stop
