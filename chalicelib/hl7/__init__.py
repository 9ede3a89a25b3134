"""The HL7 v2 border: bytes from a hospital become our records, our reports become bytes.

Nothing is imported here: each function of the installation imports only the module that it needs.
"""
