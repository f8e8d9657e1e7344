//! Composes a picture from its description with no network, in eight art styles.
