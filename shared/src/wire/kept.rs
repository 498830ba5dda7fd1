//! What only the reference reads. Without the feature `openapi` it is an empty type, and the texts of declarations end with
//! their evaluation: no release binary holds them, and nothing depends on the linker.

/// A value for the reference.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept<T> {
    #[cfg(feature = "openapi")]
    value: T,
    #[cfg(not(feature = "openapi"))]
    _value: std::marker::PhantomData<T>,
}

#[cfg(feature = "openapi")]
impl<T: Copy> Kept<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { value }
    }

    /// The value; `empty` where none is kept.
    pub(super) const fn or(self, _empty: T) -> T {
        self.value
    }
}

#[cfg(not(feature = "openapi"))]
impl<T: Copy> Kept<T> {
    pub(super) const fn new(_: T) -> Self {
        Self { _value: std::marker::PhantomData }
    }

    /// The value; `empty` where none is kept.
    pub(super) const fn or(self, empty: T) -> T {
        let Self { _value: _ } = self;
        empty
    }
}
