"""What needs no AWS of the room that speaks AWS."""
