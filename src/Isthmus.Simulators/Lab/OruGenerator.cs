namespace Isthmus.Simulators.Lab;

/// <summary>
/// Generates laboratory results about invented patients: ORU^R01 v2.5.1 of about 2 KB with some ten OBX. One seed,
/// one traffic: message n is the same whenever and in whatever order it is asked for. Not for concurrent use.
/// </summary>
public sealed class OruGenerator
{
    private static readonly OruRequest Anything = new();

    private readonly OrderDesk desk;
    private readonly OruOptions options;
    private long next;

    public OruGenerator(int seed, IReadOnlyList<SyntheticPatient> patients, OruOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(patients);
        ArgumentOutOfRangeException.ThrowIfZero(patients.Count);
        this.options = options ?? new();
        desk = new(seed, patients, this.options);
    }

    /// <summary>The next message of the traffic.</summary>
    public OruMessage Next() => At(next++);

    /// <summary>The next message, as asked for.</summary>
    public OruMessage Next(OruRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var ordinal = next++;
        return Report(desk.Order(ordinal, request), ordinal);
    }

    /// <summary>The message with that number, from zero, with nothing asked for.</summary>
    public OruMessage At(long ordinal) => Report(desk.Order(ordinal, Anything), ordinal);

    /// <summary>
    /// Takes an earlier report back: the same order with one or two values changed (OBX-11 C), OBR-25 C, a later OBR-22 and
    /// a control id of its own.
    /// </summary>
    public OruMessage Correct(OruMessage previous) => Correct(previous, next++);

    /// <summary>
    /// Sends an earlier report again as a message of its own: new control id and MSH-7, all else as it was. After a
    /// correction this is the stale final that must not win.
    /// </summary>
    public OruMessage Resend(OruMessage previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Report(previous.Order, next++);
    }

    /// <summary>The same message again, as after a lost acknowledgement: same control id, later MSH-7.</summary>
    public OruMessage Repeat(OruMessage previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var sentAt = desk.SentAt(previous.Facts.Ordinal).AddMinutes(1);
        return new(OruWriter.Write(previous.Order, previous.Facts.ControlId, sentAt, options), previous.Facts, previous.Order);
    }

    internal OruMessage Correct(OruMessage previous, long ordinal)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return Report(desk.Correction(previous.Order, ordinal), ordinal);
    }

    private OruMessage Report(LabOrder order, long ordinal)
    {
        var controlId = desk.ControlId(ordinal);
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
        return new(OruWriter.Write(order, controlId, desk.SentAt(ordinal), options), facts, order);
    }
}
