//! What a device refuses: every structural lie about a real image, and noise.
