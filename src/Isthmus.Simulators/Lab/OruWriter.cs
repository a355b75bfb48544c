using System.Globalization;

namespace Isthmus.Simulators.Lab;

/// <summary>Writes an order as ORU^R01 v2.5.1 (HL7 v2.5.1 §7.3.1), about 2 KB.</summary>
internal static class OruWriter
{
    private const string Laboratory = "St. Elsewhere Laboratory";

    public static byte[] Write(LabOrder order, string controlId, DateTimeOffset sentAt, OruOptions options)
    {
        var text = new SegmentText();
        Msh(text, controlId, sentAt, options);
        Pid(text, order);
        Pv1(text, order, options);
        OrcObr(text, order, options);
        if (order.Comment is not null)
        {
            text.Segment("NTE").Field(1, "1").Field(2, "L").Field(3, order.Comment);
        }

        var number = 0;
        var collected = Local(order.CollectedAt);
        var analysed = Local(order.ReceivedAt.AddMinutes(8));
        foreach (var observation in order.Observations)
        {
            Obx(text, ++number, observation, collected, analysed);
        }

        Spm(text, order);
        return text.ToBytes();
    }

    /// <summary>MSH counts its separator as field 1, so each number here is one less than in the standard.</summary>
    private static void Msh(SegmentText text, string controlId, DateTimeOffset sentAt, OruOptions options)
    {
        text.Segment("MSH").Composed(1, @"^~\&").Field(2, options.SendingApplication).Field(3, options.SendingFacility)
            .Field(4, "ISTHMUS").Field(5, options.SendingFacility).Field(6, Zoned(sentAt)).Field(8, "ORU", "R01", "ORU_R01")
            .Field(9, controlId).Field(10, "P").Field(11, "2.5.1");
        if (options.IsEnhancedMode)
        {
            text.Field(14, "AL").Field(15, "NE");
        }

        text.Field(17, "UNICODE UTF-8");
    }

    private static void Pid(SegmentText text, LabOrder order)
    {
        var patient = order.Patient;
        text.Segment("PID").Field(1, "1").Composed(3, $"{patient.Mrn}^^^{patient.Assigner}^MR")
            .Field(5, patient.Family, patient.Given, patient.Middle, patient.Suffix, null, null, "L")
            .Field(7, patient.BirthDate).Field(8, patient.Sex.ToString());
        if (patient.Street is not null)
        {
            text.Field(11, patient.Street, null, patient.City, patient.State, patient.PostalCode, "USA", "H");
        }

        if (patient.Phone is not null)
        {
            text.Field(13, patient.Phone, "PRN", "PH");
        }

        text.Composed(18, $"{order.Stay.Visit}^^^{patient.Assigner}^AN");
    }

    private static void Pv1(SegmentText text, LabOrder order, OruOptions options)
    {
        var stay = order.Stay;
        text.Segment("PV1").Field(1, "1").Field(2, stay.Class.ToString()).Field(3, stay.Ward, stay.Room, stay.Bed, options.SendingFacility);
        Person(text, 7, stay.Attending);
        text.Field(19, stay.Visit, null, null, order.Patient.Assigner, "VN").Field(44, Local(stay.AdmittedAt));
    }

    private static void OrcObr(SegmentText text, LabOrder order, OruOptions options)
    {
        text.Segment("ORC").Field(1, "RE").Field(2, order.Placer, "EHR").Field(3, order.Filler, options.SendingApplication).Field(5, "CM")
            .Field(9, Local(order.CollectedAt));
        Person(text, 12, order.Stay.Attending);
        text.Segment("OBR").Field(1, "1").Field(2, order.Placer, "EHR").Field(3, order.Filler, options.SendingApplication)
            .Field(4, order.Panel.Code, order.Panel.Name, "L").Field(7, Local(order.CollectedAt)).Field(14, Local(order.ReceivedAt));
        Person(text, 16, order.Stay.Attending);
        text.Field(22, Local(order.ReportedAt)).Field(24, order.Panel.Section).Field(25, order.Status.ToString());
    }

    private static void Obx(SegmentText text, int number, LabObservation observation, string collected, string analysed)
    {
        var test = observation.Test;
        var (type, value) = observation switch
        {
            { IsUnobtainable: true } => ("ST", "Not obtained"),
            { IsOpenEnded: true } => ("SN", null),
            _ => ("NM", Number(observation.Written(observation.Value))),
        };
        text.Segment("OBX").Field(1, Number(number)).Field(2, type).Field(3, test.Code, test.Name, "L");
        _ = value is null ? text.Field(5, ">", "90") : text.Field(5, value);
        text.Field(6, observation.Unit);
        if (!observation.IsUnobtainable)
        {
            text.Field(7, $"{Number(observation.Written(test.Low))}-{Number(observation.Written(test.High))}")
                .Field(8, observation.Flag);
        }

        text.Field(11, observation.IsUnobtainable ? "X" : observation.Status.ToString()).Field(14, collected)
            .Field(19, analysed).Field(23, Laboratory, "L");
        if (observation.Note is not null)
        {
            text.Segment("NTE").Field(1, "1").Field(2, "L").Field(3, observation.Note);
        }
    }

    private static void Spm(SegmentText text, LabOrder order) =>
        text.Segment("SPM").Field(1, "1").Composed(2, $"^{order.Filler}S&LAB").Field(4, order.Panel.Specimen, order.Panel.SpecimenName, "HL70487")
            .Field(17, Local(order.CollectedAt)).Field(18, Local(order.ReceivedAt));

    private static void Person(SegmentText text, int field, Provider provider) =>
        text.Composed(field, $"{provider.Npi}^{provider.Family}^{provider.Given}^^^Dr^^^NPI&2.16.840.1.113883.4.6&ISO^L^^^NPI");

    private static string Number(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Wall-clock time of the laboratory without its zone, as most senders write.</summary>
    private static string Local(DateTimeOffset time) => time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private static string Zoned(DateTimeOffset time) =>
        time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + time.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", string.Empty, StringComparison.Ordinal);
}
