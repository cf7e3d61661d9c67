SELECT cluster FROM store WHERE store_key = 1
