using Isthmus.Exchange.Contracts;

namespace Isthmus.Inbound.Journal;

/// <summary>Who hands messages in at the door: what the journal and the ledger keep of it.</summary>
/// <param name="Client">The client's id.</param>
/// <param name="Token">A hash of the token's id.</param>
/// <param name="Contract">The contract under which the client came, with its version.</param>
/// <param name="Correlation">By which everything that comes of the request can be found.</param>
/// <param name="Feed">For what, and as whom it may speak.</param>
internal sealed record HandIn(string Client, Guid Token, string Contract, string Correlation, ApiFeed Feed);
