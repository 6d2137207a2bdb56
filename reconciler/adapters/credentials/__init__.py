"""Credentials by name, outside of the environment.

folder  files, as Kubernetes, systemd, Docker and Vault's agent write them
helper  a program of the user's, as git and kubectl have them
"""
