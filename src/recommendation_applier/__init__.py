"""Applies the recommendations that Amazon's account teams push through Amazon Marketing Stream."""

__version__ = "0.1.0"
