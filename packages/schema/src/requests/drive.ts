import { z } from "zod";
import { entityName, entityReference, fqnText, standardFields, timestamp } from "../references.ts";
import { column } from "./table.ts";

/** OpenMetadata: api/data/createDirectory.json. `parent` is the FQN of the directory that it lies in; `totalSize` is in bytes. */
export const createDirectory = z.strictObject({
  name: entityName,
  service: fqnText,
  parent: fqnText.optional(),
  ...standardFields,
  directoryType: z
    .enum(["Root", "MyDrive", "SharedDrive", "TeamDrive", "Folder", "SharePointSite", "SharePointLibrary"])
    .optional(),
  path: z.string().optional(),
  isShared: z.boolean().optional(),
  numberOfFiles: z.int().optional(),
  numberOfSubDirectories: z.int().optional(),
  totalSize: z.int().optional(),
  sourceUrl: z.string().optional(),
});

/** OpenMetadata: api/data/createFile.json. `directory` is an FQN, `size` is in bytes; files of data have `columns`. */
export const createFile = z.strictObject({
  name: entityName,
  service: fqnText,
  directory: fqnText.optional(),
  ...standardFields,
  fileType: z
    .enum([
      "Document",
      "Spreadsheet",
      "Presentation",
      "Image",
      "Video",
      "Audio",
      "PDF",
      "Archive",
      "Code",
      "Data",
      "CSV",
      "Text",
      "Other",
    ])
    .optional(),
  mimeType: z.string().optional(),
  fileExtension: z.string().optional(),
  path: z.string().optional(),
  size: z.int().optional(),
  columns: z.array(column).optional(),
  checksum: z.string().optional(),
  webViewLink: z.string().min(1).optional(),
  downloadLink: z.string().min(1).optional(),
  isShared: z.boolean().optional(),
  fileVersion: z.string().optional(),
  sourceUrl: z.string().optional(),
});

/** OpenMetadata: api/data/createSpreadsheet.json. `parent` refers to a directory, `size` is in bytes. */
export const createSpreadsheet = z.strictObject({
  name: entityName,
  service: fqnText,
  parent: entityReference.optional(),
  ...standardFields,
  mimeType: z
    .enum([
      "application/vnd.google-apps.spreadsheet",
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.ms-excel",
      "application/vnd.oasis.opendocument.spreadsheet",
      "text/csv",
      "text/tab-separated-values",
      "Other",
    ])
    .optional(),
  path: z.string().optional(),
  driveFileId: z.string().optional(),
  size: z.int().optional(),
  fileVersion: z.string().optional(),
  createdTime: timestamp.optional(),
  modifiedTime: timestamp.optional(),
  sourceUrl: z.string().optional(),
});

/** OpenMetadata: api/data/createWorksheet.json. The service is that of the spreadsheet; a request need not name it. */
export const createWorksheet = z.strictObject({
  name: entityName,
  spreadsheet: fqnText,
  service: fqnText.optional(),
  ...standardFields,
  worksheetId: z.string().optional(),
  /** Position among the worksheets, from 0. */
  index: z.int().optional(),
  rowCount: z.int().optional(),
  columnCount: z.int().optional(),
  columns: z.array(column).optional(),
  isHidden: z.boolean().optional(),
  sourceUrl: z.string().optional(),
});
