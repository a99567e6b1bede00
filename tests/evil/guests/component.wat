;; A component in place of a module.
(component (component (component)))
