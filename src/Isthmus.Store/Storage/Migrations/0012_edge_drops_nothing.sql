-- The edge, which strangers talk to, appends to the journal; it does not decide when days of it go.
REVOKE EXECUTE ON FUNCTION exchange.drop_settled_journal FROM isthmus_inbound;
GRANT EXECUTE ON FUNCTION exchange.drop_settled_journal TO isthmus_mediation;
