"""The local stack: the very package and template that an operator deploys, on an emulator on this machine."""
