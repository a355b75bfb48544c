using Isthmus.Hl7v2;

namespace Isthmus.Mediation.Read;

/// <summary>
/// Readers whose index arrays are used again. A message lives until its batch is done, so each message of a batch has a
/// reader of its own.
/// </summary>
internal sealed class ReaderPool
{
    private readonly List<Hl7Reader> readers = [];
    private int next;

    /// <summary>Every message read so far is done with.</summary>
    public void Reset() => next = 0;

    public Hl7Reader Next()
    {
        if (next == readers.Count)
        {
            readers.Add(new Hl7Reader());
        }

        return readers[next++];
    }
}
