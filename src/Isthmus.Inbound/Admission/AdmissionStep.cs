namespace Isthmus.Inbound.Admission;

/// <summary>One check on the way in.</summary>
internal interface AdmissionStep
{
    /// <summary>As it stands in <see cref="AdmissionPath"/>, in traces and in the docs.</summary>
    string Name { get; }

    /// <summary>Whether it may have to wait for the store; it then leaves the call alone and writes to the passage only.</summary>
    bool AsksStore => false;

    /// <summary>Null lets the request on.</summary>
    ValueTask<Refused?> CheckAsync(Passage passage);

    /// <summary>Decides once more what hangs on <see cref="Passage.State"/>, after that has changed; null where nothing does.</summary>
    Refused? CheckAgain(Passage passage) => null;
}
