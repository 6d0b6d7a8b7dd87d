//! Provider trait and portable providers of digital pins
