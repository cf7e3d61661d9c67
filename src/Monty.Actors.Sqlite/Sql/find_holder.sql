SELECT holder FROM store
