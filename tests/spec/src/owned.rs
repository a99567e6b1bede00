//! Handles that are deleted when they go out of scope.

/// A handle and the function that deletes its object.
pub struct Owned<T> {
    handle: *mut T,
    delete: unsafe fn(*mut T),
}

impl<T> Owned<T> {
    pub fn new(handle: *mut T, delete: unsafe fn(*mut T)) -> Self {
        Self { handle, delete }
    }

    pub fn get(&self) -> *mut T {
        self.handle
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the function accepts any handle.
        unsafe { (self.delete)(self.handle) };
    }
}
