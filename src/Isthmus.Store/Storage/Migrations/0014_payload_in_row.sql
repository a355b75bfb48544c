-- A payload lives for a second and is written, read and dropped once: kept in its row it needs no chunks beside the table, nor an index
-- over them. Room left in the pages for updates would be room for no second payload; and a settled row makes its own, by dropping it.
ALTER TABLE exchange.delivery SET (toast_tuple_target = 8160, fillfactor = 100);
