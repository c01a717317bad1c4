"""The only room that speaks HTTP: Login with Amazon and the Partner Opportunities API."""
