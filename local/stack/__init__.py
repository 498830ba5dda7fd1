"""The stack of template.yaml on an emulator."""
