//! Memory that holds faces and cannot tell: vault, face thread, wiping, consent
