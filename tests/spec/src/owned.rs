//! Handles that are deleted when they go out of scope.

/// A handle, and what deletes it.
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
        // SAFETY: deleting accepts whatever it is given.
        unsafe { (self.delete)(self.handle) };
    }
}
