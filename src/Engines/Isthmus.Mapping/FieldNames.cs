using Isthmus.Hl7v2;

namespace Isthmus.Mapping;

/// <summary>What the standard calls the places of a message.</summary>
public static class FieldNames
{
    /// <summary>As <c>Patient Name, Family Name</c>; null for a sender's own segment, or a place that the standard lacks.</summary>
    public static string? Of(Hl7Location place)
    {
        if (place.Segment is null || Hl7Definitions.Segment(place.Segment) is not { } segment)
        {
            return null;
        }

        if (place.Field == 0)
        {
            return segment.Title;
        }

        if (segment.Field(place.Field) is not { } field)
        {
            return null;
        }

        var component = place.Component == 0 ? null : Hl7Definitions.DataType(field.DataType.Newest)?.Component(place.Component);
        var part = component is null || place.Subcomponent == 0 ? null : Hl7Definitions.DataType(component.DataType.Newest)?.Component(place.Subcomponent);
        return string.Join(", ", new[] { field.Name, component?.Name, part?.Name }.OfType<string>());
    }
}
