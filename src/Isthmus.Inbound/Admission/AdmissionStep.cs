namespace Isthmus.Inbound.Admission;

/// <summary>One check on the way in.</summary>
internal interface AdmissionStep
{
    /// <summary>As it stands in <see cref="AdmissionPath"/>, in traces and in the docs.</summary>
    string Name { get; }

    /// <summary>Null lets the request on.</summary>
    ValueTask<Refused?> CheckAsync(Passage passage);
}
