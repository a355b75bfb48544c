namespace Isthmus.Simulators.Lab;

/// <summary>
/// Generates laboratory results about invented patients: ORU^R01 v2.5.1 of about 2 KB with some ten OBX. One seed,
/// one traffic: message n is the same whenever and in whatever order it is asked for. Not for concurrent use.
/// </summary>
public sealed class OruGenerator
{
    private static readonly OruRequest Anything = new();

    private readonly OrderDesk _desk;
    private readonly OruOptions _options;
    private long _next;

    public OruGenerator(int seed, IReadOnlyList<SyntheticPatient> patients, OruOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(patients);
        ArgumentOutOfRangeException.ThrowIfZero(patients.Count);
        _options = options ?? new();
        _desk = new(seed, patients, _options);
    }

    /// <summary>The next message of the traffic.</summary>
    public OruMessage Next() => At(_next++);

    /// <summary>The next message, as asked for.</summary>
    public OruMessage Next(OruRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var ordinal = _next++;
        return Report(_desk.Order(ordinal, request), ordinal);
    }

    /// <summary>The message with that number, from zero, with nothing asked for.</summary>
    public OruMessage At(long ordinal) => Report(_desk.Order(ordinal, Anything), ordinal);

    /// <summary>
    /// Takes an earlier report back: the same order with one or two values changed (OBX-11 C), OBR-25 C, a later OBR-22 and
    /// a control id of its own.
    /// </summary>
    public OruMessage Correct(OruMessage previous) => Correct(previous, _next++);

    /// <summary>
    /// Sends an earlier report again as a message of its own: new control id and MSH-7, all else as it was. After a
    /// correction this is the stale final that must not win.
    /// </summary>
    public OruMessage Resend(OruMessage previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Report(previous.Order, _next++);
    }

    /// <summary>The same message again, as after a lost acknowledgement: same control id, later MSH-7.</summary>
    public OruMessage Repeat(OruMessage previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var sentAt = _desk.SentAt(previous.Facts.Ordinal).AddMinutes(1);
        return new(OruWriter.Write(previous.Order, previous.Facts.ControlId, sentAt, _options), previous.Facts, previous.Order);
    }

    internal OruMessage Correct(OruMessage previous, long ordinal)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Report(_desk.Correction(previous.Order, ordinal), ordinal);
    }

    private OruMessage Report(LabOrder order, long ordinal)
    {
        var controlId = _desk.ControlId(ordinal);
        var facts = new OruFacts
        {
            Ordinal = ordinal,
            ControlId = controlId,
            PatientNumber = order.Patient.Number,
            Mrn = order.Patient.Mrn,
            Assigner = order.Patient.Assigner,
            PlacerOrder = order.Placer,
            FillerOrder = order.Filler,
            Panel = order.Panel.Code,
            Status = order.Status,
            Observations = order.Observations.Count,
            IsCritical = order.IsCritical,
            CriticalCode = order.CriticalCode,
            HasMixedUnits = order.HasMixedUnits,
            Ward = order.Stay.Ward,
        };
        return new(OruWriter.Write(order, controlId, _desk.SentAt(ordinal), _options), facts, order);
    }
}
