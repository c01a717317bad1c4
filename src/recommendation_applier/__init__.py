"""Applies the recommendations that Amazon's account teams push through Amazon Marketing Stream."""
