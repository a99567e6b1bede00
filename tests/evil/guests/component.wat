(component (component (component)))
