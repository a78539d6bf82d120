"""What crosses a boundary or a hook: frozen values, no behaviour beyond reading them."""
